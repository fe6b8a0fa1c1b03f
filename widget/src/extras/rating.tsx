import { useState } from 'preact/hooks';
import type { Icon } from '../icons';
import { Draw } from '../panel/parts';
import type { Say, Word } from '../text/say';
import type { Core } from '../types';
import type { RatingCard } from './cards';
import { Wrong } from './form';

const face = (mouth: string): Icon => ({ box: 24, width: 2, paths: ['M8.5 8.5v1M15.5 8.5v1', mouth] });
const faces = [
  face('M7.5 17q4.5-5 9 0'),
  face('M7.5 16.5q4.5-2.5 9 0'),
  face('M7.5 15.5h9'),
  face('M7.5 14.8q4.5 3 9 0'),
  face('M7.5 14q4.5 6 9 0'),
];
const thumb = 'M7 10.5v9H4v-9zM7 11l4-7.5a2 2 0 0 1 2 2V9.5h5a1.8 1.8 0 0 1 1.8 2.1l-1.1 6.3a2 2 0 0 1-2 1.6H7';
const up: Icon = { box: 24, width: 1.8, paths: [thumb] };
const down: Icon = {
  box: 24,
  width: 1.8,
  paths: ['M17 13.5v-9h3v9zM17 13l-4 7.5a2 2 0 0 1-2-2v-4H6a1.8 1.8 0 0 1-1.8-2.1l1.1-6.3a2 2 0 0 1 2-1.6H17'],
};

interface Choice {
  score: number;
  word: Word;
  icon: Icon;
}
const scores: Choice[] = faces.map((icon, i) => ({ score: i + 1, word: `rate${i + 1}` as Word, icon }));
const thumbs: Choice[] = [
  { score: 1, word: 'rate2', icon: down },
  { score: 5, word: 'rate4', icon: up },
];

/** Asks how it was; once that is said it is one line, which can be changed once. */
export function RatingView({
  core,
  say,
  conversation,
  thumbs: two,
  score,
  changeable,
  onSkip,
}: RatingCard & { core: Core; say: Say }) {
  const [chosen, choose] = useState(0);
  const [comment, write] = useState('');
  const [asked, ask] = useState(false);
  const [said, setSaid] = useState<number | null>(null);
  const [failed, fail] = useState(false);
  const choices = two ? thumbs : scores;
  const shown = said ?? score;
  const settled = said === null || said === score;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!chosen) return;
    fail(false);
    setSaid(chosen);
    ask(false);
    const fault = await core.rate(conversation, chosen, comment.trim());
    if (!fault) return;
    fail(true);
    setSaid(null);
    ask(true);
  };
  if (!asked && shown !== null)
    return (
      <Rated
        choice={nearest(choices, shown)}
        say={say}
        onChange={changeable && settled ? () => ask(true) : undefined}
      />
    );
  return (
    <form class="card rate" onSubmit={send} aria-label={say('rateTitle')}>
      <fieldset>
        <legend>{say('rateTitle')}</legend>
        <div class={two ? 'faces two' : 'faces'} role="radiogroup" aria-label={say('rateTitle')}>
          {choices.map(({ score: value, word, icon }) => (
            <label key={value} class={value === chosen ? 'on' : ''}>
              <input
                type="radio"
                name="score"
                value={value}
                checked={value === chosen}
                onChange={() => choose(value)}
              />
              <span class="f">
                <Draw icon={icon} size={24} />
              </span>
              {say(word)}
            </label>
          ))}
        </div>
      </fieldset>
      <textarea
        class="in"
        rows={2}
        dir="auto"
        placeholder={say('rateComment')}
        aria-label={say('rateComment')}
        value={comment}
        onInput={(event) => write(event.currentTarget.value)}
      />
      {failed && <Wrong id="rate-failed" text={say('formFailed')} />}
      <div class="row">
        <button type="submit" class="btn p" aria-disabled={!chosen}>
          {say('rateSend')}
        </button>
        <button type="button" class="btn t" onClick={score === null ? onSkip : () => ask(false)}>
          {say(score === null ? 'skip' : 'cancel')}
        </button>
      </div>
    </form>
  );
}

function Rated({ choice, say, onChange }: { choice: Choice; say: Say; onChange: (() => void) | undefined }) {
  return (
    <div class="card rated" role="status">
      <span class="f">
        <Draw icon={choice.icon} size={24} />
      </span>
      <div>
        <b>{say('rateDone', { rating: say(choice.word) })}</b>
        <p>{say('thanks')}</p>
      </div>
      {onChange && (
        <button type="button" class="btn t" onClick={onChange}>
          {say('change')}
        </button>
      )}
    </div>
  );
}

const nearest = (choices: Choice[], score: number): Choice =>
  choices.reduce((best, one) => (Math.abs(one.score - score) < Math.abs(best.score - score) ? one : best));
