import type { Fault, Widget } from '../../../widget/src/types';

export const contactFields = ['name', 'email', 'phone', 'description'] as const;
export type ContactField = (typeof contactFields)[number];
/** Null: to be erased. */
export type ContactData = Partial<Record<ContactField, string | null>>;

/** What is known of the visitor: what the server says, and above it what was said here and is still on its way. */
export class Contact {
  private said: ContactData = {};
  private underway = 0;
  private whose = '';

  constructor(private readonly widget: Widget) {
    widget.on('form', ({ kind, step, values }) => {
      if (step !== 'submitted' || kind === 'call') return;
      for (const field of contactFields) {
        const value = values[field];
        if (typeof value === 'string' && value) this.said[field] = value;
      }
    });
    widget.on('userUpdate', ({ id }) => {
      if (!this.underway || (this.whose && id !== this.whose)) this.said = {};
      this.whose = id;
    });
  }

  get(field: ContactField): string | null {
    const said = this.said[field];
    return (said === undefined ? this.widget.user?.[field] : said) || null;
  }

  /** It can be read at once. */
  async set(data: ContactData): Promise<Fault | null> {
    Object.assign(this.said, data);
    this.underway++;
    const fault = await this.widget.patch('basic', data);
    this.underway--;
    // Who was told of the change already is not told again.
    if (fault || contactFields.every((field) => this.get(field) === (this.widget.user?.[field] || null))) this.settle();
    return fault;
  }

  private settle(): void {
    if (!this.underway) this.said = {};
  }
}
