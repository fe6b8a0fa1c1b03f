import { ICONS, type IconName } from './icons';

/** A drawing beside words that say the same; hidden from readers. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class={`ic ic-${name}`} width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      {ICONS[name].map((shape) =>
        typeof shape === 'string' ? (
          <path key={shape} d={shape} />
        ) : (
          <circle key={shape.join()} cx={shape[0]} cy={shape[1]} r={shape[2]} />
        ),
      )}
    </svg>
  );
}
