import { t } from '../text/en';
import { Icon } from './Icon';

/** What did not work, what is not affected, and the way on; in the place of what is missing. */
export function Failure({ title, hint, again }: { title: string; hint: string; again?: () => void }) {
  return (
    <div class="empty failure" role="alert">
      <Icon name="alert" size={26} />
      <h3>{title}</h3>
      <p>{hint}</p>
      {again && (
        <button type="button" class="btn s" onClick={again}>
          <Icon name="again" size={16} />
          {t.retry}
        </button>
      )}
    </div>
  );
}
