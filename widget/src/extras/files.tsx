import type { FileInfo } from '../../../client/frames';
import { Attachment, type AttachmentWords, UploadRow, useUploads } from '../panel/attachments';
import type { Say } from '../text/say';
import type { Core } from '../types';

export const FileView = ({ file, server, say }: { file: FileInfo; server: string; say: Say }) => (
  <Attachment file={file} server={server} words={wordsOf(say)} />
);

/** Files on their way. */
export function UploadsView({ core, say }: { core: Core; say: Say }) {
  const { list } = useUploads(core);
  return (
    <>
      {list.map((upload) => (
        <UploadRow key={upload.key} upload={upload} words={wordsOf(say)} />
      ))}
    </>
  );
}

const wordsOf = (say: Say): AttachmentWords => ({
  attach: (size) => say('attach', { size }),
  drop: say('drop'),
  show: (name) => say('showFile', { name }),
  download: (name, size) => say('saveFile', { name, size }),
  shut: say('close'),
  progress: (sent, size) => say('uploaded', { sent, size }),
  cancel: say('cancel'),
  retry: say('retry'),
  failed: say('notSent'),
  tooLarge: (size) => say('tooBig', { size }),
  empty: say('emptyFile'),
  tooMany: say('tooMany'),
  noFiles: say('noFiles'),
});
