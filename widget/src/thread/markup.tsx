import { splitLinks } from '../../../client/text';
import { useEnv } from '../panel/env';
import { Extra } from '../panel/extra';

const maybeMarkup = /[*_~`[]|^ {0,3}(?:[-•]|\d+[.)]) /m;

/** What others wrote. Most of it has no markup; until what reads it is loaded it stands as it was written. */
export function Markup({ text }: { text: string }) {
  const { core, say } = useEnv();
  if (!maybeMarkup.test(text)) return <Plain text={text} />;
  return <Extra card={{ kind: 'markup', core, say, text }} meanwhile={<Plain text={text} />} />;
}

/** A text as it was written, with links. */
export function Plain({ text }: { text: string }) {
  return (
    <div dir="auto">
      {splitLinks(text).map(({ text: run, href }, i) =>
        href ? (
          <a key={i} href={href} target="_blank" rel="noopener noreferrer ugc nofollow">
            {run}
          </a>
        ) : (
          run
        ),
      )}
    </div>
  );
}
