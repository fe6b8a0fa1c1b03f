import type { OutboxStore } from '../../../client/outbox_store';

/** Opening the database takes a moment; what is asked before waits for it, in order. */
export class LateStore implements OutboxStore {
  private opened: OutboxStore | undefined;

  constructor(private readonly opening: Promise<OutboxStore>) {
    void opening.then((store) => {
      this.opened = store;
    });
  }

  /** Believed until it turns out otherwise. */
  get persistent(): boolean {
    return this.opened?.persistent ?? true;
  }
  async load() {
    return (await this.opening).load();
  }
  async put(item: Parameters<OutboxStore['put']>[0]) {
    await (await this.opening).put(item);
  }
  async remove(cmids: string[]) {
    await (await this.opening).remove(cmids);
  }
  async clear() {
    await (await this.opening).clear();
  }
}
