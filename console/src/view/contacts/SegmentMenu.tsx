import type { Segment } from '../../net/types';
import { codeOf, sentenceOf } from '../../state/faults';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Icon } from '../Icon';
import { Menu } from '../Menu';

const words = t.contacts;

/** Filters that were saved under a name. */
export function SegmentMenu({ chosen }: { chosen: () => void }) {
  const { contacts } = useApp();
  const all = contacts.segments.value.value ?? [];
  const on = all.find((s) => s.id === contacts.wish.value.segment);
  return (
    <Menu
      label={words.segments}
      class={`chip ${on ? 'on' : ''}`}
      faceSpeaks
      face={
        <>
          {on ? words.segment(on.name) : words.segments}
          <Icon name="down" size={14} />
        </>
      }
    >
      {(close) =>
        all.length === 0 ? (
          <p class="pop-note">{words.noSegments}</p>
        ) : (
          <ul class="segs">
            {all.map((segment) => (
              <Line
                key={segment.id}
                segment={segment}
                on={segment === on}
                choose={() => {
                  close();
                  chosen();
                  void contacts.choose(segment);
                }}
              />
            ))}
          </ul>
        )
      }
    </Menu>
  );
}

function Line({ segment, on, choose }: { segment: Segment; on: boolean; choose: () => void }) {
  const { contacts, toasts } = useApp();
  const remove = async () => {
    try {
      await contacts.removeSegment(segment.id);
      toasts.say(words.removed(segment.name), {
        label: t.act.undo,
        run: () => void contacts.restoreSegment(segment),
      });
    } catch (error) {
      toasts.say(sentenceOf(codeOf(error)));
    }
  };
  return (
    <li>
      <button type="button" class="pop-row" aria-current={on ? 'true' : undefined} onClick={choose}>
        {segment.name}
      </button>
      <button
        type="button"
        class="ib"
        aria-label={words.removeSegment(segment.name)}
        title={words.removeSegment(segment.name)}
        onClick={() => void remove()}
      >
        <Icon name="trash" size={16} />
      </button>
    </li>
  );
}
