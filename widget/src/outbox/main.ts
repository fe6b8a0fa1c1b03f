// Where messages wait in the browser: loaded when somebody begins to write.
export { openOutboxStore } from '../../../client/outbox_store';
