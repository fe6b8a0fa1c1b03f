import type { Call, Looking } from '../state/attention';
import { isSeen } from '../state/attention';

const GATHER_MILLIS = 150;

export interface CallerDoors {
  channel: BroadcastChannel;
  /** Calls back in the one tab of this browser that may call; stays so until the tab is gone. */
  lead: (won: () => void) => void;
  looking: () => Looking;
  ring: (kind: Call['kind']) => void;
  show: (call: Call) => void;
}

/**
 * Calls the agent from one tab only, and from none if a tab that has the focus shows the matter.
 *
 * The leading tab asks the others what is looked at and waits a moment for their answers.
 */
export class Caller {
  private leading = false;
  private others: Looking[] = [];

  constructor(private readonly doors: CallerDoors) {
    doors.lead(() => {
      this.leading = true;
    });
    doors.channel.addEventListener('message', this.heard);
  }

  async call(call: Call): Promise<void> {
    if (!this.leading) return;
    this.others = [];
    this.doors.channel.postMessage({ ask: true });
    await new Promise((done) => setTimeout(done, GATHER_MILLIS));
    if ([this.doors.looking(), ...this.others].some((looking) => isSeen(call, looking))) return;
    this.doors.ring(call.kind);
    if (![this.doors.looking(), ...this.others].some((looking) => looking.focused)) this.doors.show(call);
  }

  close(): void {
    this.leading = false;
    this.doors.channel.removeEventListener('message', this.heard);
  }

  private heard = (event: MessageEvent<{ ask?: boolean; looking?: Looking }>) => {
    if (event.data.ask && this.doors.looking().focused)
      this.doors.channel.postMessage({ looking: this.doors.looking() });
    if (event.data.looking) this.others.push(event.data.looking);
  };
}
