/**
 * Places in locale.json, each with the words of the widget's catalogue that stand there, or with none if the last part of the
 * place is that word. Where two places share a word, the later wins.
 */
const lines = `customStrings.welcome greeting
customStrings.chatWithUs
customStrings.leaveUsAMessage leaveMessage
customStrings.offlineNote offlineText
customStrings.bot_beforeForm formText
customStrings.bot_afterForm thanks
customStrings.bot_checkbox consentText
online
loading
chat.input.placeholder question message
chat.send
chat.newMessage
chat.retrievingHistory older
chat.more
chat.insertEmoji emoji
yourName name
name
email
phone
message messageLabel
submit formSend
change
cancel
messageTypes.joined
messageTypes.joinedFirst joined
messageTypes.left
messageTypes.agentsOffline awayLong waitingAway
messageTypes.ratedChat rated
agent someone
typing
minimize minimise
date.today
date.yesterday
date.justNow
status.connecting
status.failed stopped
status.offline
status.retry
error.weird formFailed
error.incorrectEmail badEmail
error.denied blocked
close
requiredField needed
messageSent leftMessage
sending
sent
unsent notSent
notSeen delivered
seen
dropToUpload drop
uploadFile attach
maximumFileSize tooBig
comment rateComment
rateConversation rateTitle
rate rateSend
optional
whoToChatWith group
restart newChat`;

/** Words of the widget's catalogue by place in locale.json. */
export const ours: Record<string, string[]> = {};
for (const line of lines.split('\n')) {
  const [place = '', ...names] = line.split(' ');
  ours[place] = names[0] ? names : [place.replace(/.*\./, '')];
}

/** A place for a value in a text, as the catalogue writes it. */
export const nameOf = (_: string, name: string): string => `{${name === 'username' ? 'name' : name}}`;
