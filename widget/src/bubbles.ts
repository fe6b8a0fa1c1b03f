import type { Colors } from './config';

/** Sets the site's colours of bubbles, or takes them back; text on them turns black or white, whichever contrasts more. */
export function applyBubbles(host: HTMLElement, { clientBubbleBg, agentBubbleBg }: Colors): void {
  for (const [who, color] of [
    ['client', clientBubbleBg],
    ['agent', agentBubbleBg],
  ] as const) {
    set(host, `--cf-${who}-bg`, color);
    set(host, `--cf-${who}-text`, color && readable(host, color));
  }
}

function set(host: HTMLElement, property: string, value: string | undefined): void {
  if (value) host.style.setProperty(property, value);
  else host.style.removeProperty(property);
}

function readable(host: HTMLElement, color: string): string {
  const probe = host.ownerDocument.createElement('canvas').getContext('2d');
  if (!probe) return '#000';
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [r = 255, g = 255, b = 255] = probe.getImageData(0, 0, 1, 1).data;
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return luminance > 0.179 ? '#000' : '#fff'; // where contrast with black and with white is the same
}

const linear = (byte: number): number => (byte <= 10 ? byte / 3294 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
