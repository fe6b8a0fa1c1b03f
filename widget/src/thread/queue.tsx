import { useEnv } from '../panel/env';

const mostSteps = 5;

/** Where the visitor stands in line. What is read out is his place alone, not each change of the time. */
export function Waiting({ onLeaveMessage }: { onLeaveMessage: () => void }) {
  const { core, config, say } = useEnv();
  const online = core.availability?.online !== false;
  const queue = config.queue === false ? null : core.queue;
  if (!online)
    return (
      <div class="queue off" role="status">
        <b>{say('awayTitle')}</b>
        <p>{say('waitingAway')}</p>
      </div>
    );
  const steps = Math.min(queue?.position ?? 3, mostSteps);
  return (
    <div class="queue">
      <b role="status">
        {queue ? (queue.position > 1 ? say('queueAt', { n: queue.position }) : say('queueNext')) : say('waitingTitle')}
      </b>
      <div class="steps" aria-hidden="true">
        {Array.from({ length: steps }, (_, i) => (
          <i key={i} />
        ))}
      </div>
      <p>{queue?.waitMillis === undefined ? say('waiting') : waitText(queue.waitMillis)}</p>
      {config.offline && (
        <button type="button" class="btn mid" onClick={onLeaveMessage}>
          {say('leaveInstead')}
        </button>
      )}
    </div>
  );

  function waitText(millis: number): string {
    const minutes = Math.round(millis / 60_000);
    return minutes < 1 ? say('queueSoon') : say('queueWait', { n: minutes });
  }
}
