import { newToken } from '../../../client/cmid';
import type { HelloVisitor, Proof } from '../../../client/frames';
import { type Verdict, verdict, type Who, whoOf } from './identity';
import { type Keep, whoKept } from './keep';
import type { Tabs, TabWord } from './tabs';
import { Token } from './token';

/** Who the visitor of this browser is, as its pages say it and the server believes it: the same one in all tabs. */
export class Visitor {
  readonly token: Token;

  constructor(
    /** What is said of him now. */
    public proof: Proof,
    private readonly keep: Keep,
    private readonly tabs: Tabs,
    /** Nothing of the visitor before is shown from this moment, nor sent in the name of the next. */
    private readonly startAnew: () => void,
  ) {
    this.token = new Token(keep);
    tabs.words.add((word) => this.heard(word));
  }

  /** A page has begun: its visitor is the browser's of before, or somebody else. */
  recognise(): void {
    if (this.judge(this.proof) === 'fresh') this.become(this.proof);
    else this.note(this.proof);
  }

  identify(proof: Proof): void {
    if (this.judge(proof) === 'fresh') this.become(proof);
    else this.tabs.sayToAll({ k: 'identify', identity: proof });
  }

  /** Somebody else from now on. */
  become(proof: Proof): void {
    this.tabs.sayToAll({ k: 'identify', identity: proof, token: newToken() });
  }

  /** How well the server knows him may be less than the page claimed. */
  greeted({ id, token, level }: HelloVisitor): void {
    const { key } = whoOf(this.proof);
    const who: Who = level === 'anonymous' ? { level, key: '' } : { level, key };
    this.keep.change({ visitor: id, who, ...(token !== undefined && { token }) });
  }

  /** Whose a ticket is only the server knows: what another person wrote is not sent in this one's name. */
  isAnother({ id }: HelloVisitor): boolean {
    const { visitor, who } = this.keep.read();
    return who?.key === 'ticket' && visitor !== undefined && visitor !== id;
  }

  private heard(word: TabWord): void {
    if (word.k === 'join' && whoOf(word.identity).key) this.known(word.identity);
    if (word.k !== 'identify') return;
    if (word.token === undefined) this.known(word.identity);
    else this.begin(word.identity, word.token);
  }

  private begin(proof: Proof, token: string): void {
    const { muted, language } = this.keep.read();
    this.keep.put({ token, who: whoOf(proof), ...(muted && { muted }), ...(language && { language }) });
    this.proof = proof;
    this.startAnew();
    this.tabs.renew();
  }

  /** The same visitor, of whom this is known now. A newer token or ticket of the same person needs no new session. */
  private known(proof: Proof): void {
    const [before, after] = [this.proof, proof].map(({ jwt, ticket, ...rest }) =>
      JSON.stringify([rest, !jwt, !ticket]),
    );
    this.proof = proof;
    this.note(proof);
    if (before !== after) this.tabs.renew();
  }

  private note(proof: Proof): void {
    if (this.judge(proof) === 'join') this.keep.change({ who: whoOf(proof) });
  }

  private judge(proof: Proof): Verdict {
    return verdict(whoKept(this.keep.read()), whoOf(proof));
  }
}
