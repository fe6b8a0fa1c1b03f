import { useState } from 'preact/hooks';
import type { FileInfo } from '../../../client/frames';
import { t } from '../text/en';
import { sizeText } from '../text/format';
import { Icon } from './Icon';

const WIDEST = 240;
const TALLEST = 320;

/** A path of this node; nothing else may become an address. */
const addressOf = ({ url }: FileInfo): string | undefined => (url.startsWith('/confab/files/') ? url : undefined);

/** A file of a message: an image in the size that it will have, anything else as a tile to download. */
export function Attachment({ file }: { file: FileInfo }) {
  const [broken, setBroken] = useState(false);
  const address = addressOf(file);
  if (!address) return null;
  const { name, width, height } = file;
  if (!width || !height || broken) return <Tile file={file} address={address} />;
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  return (
    <a class="pic" href={address} target="_blank" rel="noopener noreferrer" aria-label={t.message.show(name)}>
      <img src={address} width={w} height={h} alt={name} decoding="async" onError={() => setBroken(true)} />
    </a>
  );
}

function Tile({ file: { name, size }, address }: { file: FileInfo; address: string }) {
  return (
    <a
      class="tile"
      href={address}
      download={name}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={t.message.download(name, sizeText(size))}
    >
      <i>
        <Icon name="file" />
      </i>
      <span>
        <b dir="auto">{name}</b>
        <small>{sizeText(size)}</small>
      </span>
    </a>
  );
}
