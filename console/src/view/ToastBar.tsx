import { t } from '../text/en';
import { useApp } from './context';
import { Icon } from './Icon';

/** What was just done, with Undo where it can be undone. Holds still under the pointer and the focus. */
export function ToastBar() {
  const { toasts, clock } = useApp();
  const toast = toasts.current.value;
  return (
    <div class="toast-place" role="status">
      {toast && (
        <div
          key={toast.id}
          class="toast"
          onPointerEnter={() => toasts.hold()}
          onPointerLeave={() => toasts.release()}
          onFocusIn={() => toasts.hold()}
          onFocusOut={() => toasts.release()}
        >
          <span>{toast.text}</span>
          {toast.action && (
            <>
              <span class="num" aria-hidden="true">
                {t.act.seconds(toasts.secondsLeft(clock.now.value))}
              </span>
              <button
                type="button"
                onClick={() => {
                  toasts.dismiss();
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </button>
            </>
          )}
          {!toast.action && (
            <button type="button" class="toast-x" aria-label={t.act.dismiss} onClick={() => toasts.dismiss()}>
              <Icon name="close" size={16} />
            </button>
          )}
        </div>
      )}
    </div>
  );
}
