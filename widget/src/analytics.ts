import type { Widget } from './types';

const invitations = { shown: 'shown', accepted: 'accepted by visitor', rejected: 'rejected by visitor' };
const scenarios = { shown: 'scenario shown', started: 'scenario started by visitor', option: 'reply option clicked' };

/** Tells what happens on this page by the twelve names under which counters of visits keep it. */
export function analyticNames(on: Widget['on'], tell: (name: string) => void): void {
  on('conversationStarted', ({ by }) => {
    if (by.kind === 'visitor') tell('Chat initiated by visitor');
    if (by.kind === 'agent' || by.kind === 'integration') tell('Chat initiated by agent');
  });
  on('agentAssigned', ({ first }) => first && tell('Chat accepted by agent'));
  on('rating', () => tell('Chat rated'));
  on('invite', ({ step }) => tell(`Targeted chat ${invitations[step]}`));
  on('form', ({ kind, step }) => kind === 'prechat' && tell(`Pre-chat form ${step}`));
  on('bot', ({ step }) => tell(`Bot ${scenarios[step]}`));
}
