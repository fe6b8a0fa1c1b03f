import { type Block, parseMarkdown, type Span } from '../../../client/markdown';

/** A text with its markup as nodes: nothing of it is ever read as HTML. */
export function MarkupView({ text }: { text: string }) {
  return (
    <>
      {parseMarkdown(text).map((block, i) => (
        <One key={i} block={block} />
      ))}
    </>
  );
}

function One({ block }: { block: Block }) {
  if (block.kind === 'code')
    return (
      <pre dir="ltr" tabIndex={0}>
        {block.text}
      </pre>
    );
  if (block.kind === 'text') return <div dir="auto">{block.spans.map(draw)}</div>;
  const items = block.items.map((spans, i) => <li key={i}>{spans.map(draw)}</li>);
  return block.ordered ? (
    <ol dir="auto" start={block.start}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

const tags = { bold: 'strong', italic: 'em', strike: 's' } as const;

function draw(span: Span, i: number) {
  if (span.kind === 'text') return span.text;
  if (span.kind === 'code') return <code key={i}>{span.text}</code>;
  if (span.kind === 'link')
    return (
      <a key={i} href={span.href} target="_blank" rel="noopener noreferrer ugc nofollow">
        {span.text}
      </a>
    );
  const Tag = tags[span.kind];
  return <Tag key={i}>{span.spans.map(draw)}</Tag>;
}
