import { newToken } from '../../../client/cmid';
import type { Keep } from './keep';

/** The visitor's token in this browser. */
export class Token {
  private refused = false;

  constructor(private readonly keep: Keep) {}

  /** Kept before it is shown for the first time: who leaves before `hello` comes back as the same visitor. */
  get(): string {
    const { token = newToken() } = this.keep.read();
    this.keep.change({ token });
    return token;
  }

  /** One that the server does not know any more is dropped, once: false if there is none to drop. */
  drop(): boolean {
    if (this.refused || !this.keep.read().token) return false;
    this.refused = true;
    const { token: _, visitor: __, ...rest } = this.keep.read();
    this.keep.put(rest);
    return true;
  }
}
