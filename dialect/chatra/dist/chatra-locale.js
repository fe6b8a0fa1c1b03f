var e=e=>typeof e==`object`&&!!e&&!Array.isArray(e),t=`customStrings.welcome greeting
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
restart newChat`,n={};for(let e of t.split(`
`)){let[t=``,...r]=e.split(` `);n[t]=r[0]?r:[t.replace(/.*\./,``)]}var r=(e,t)=>`{${t===`username`?`name`:t}}`;function i(e,t,i){let o={};for(let[s,c]of Object.entries(n)){let n=a(s,e,t,i);if(n!==void 0)for(let e of c)o[e]=n.replace(/{{#?(\w+)}}/g,r)}return o}function a(t,n,r,i){let a={};for(let r of n){let n=o(r,t);typeof n==`string`?a={all:n}:e(n)?a={...a,...s(n)}:n!=null&&i(`locale.${t} does not take this value`)}return a[r]??a.all}var o=(t,n)=>n.split(`.`).reduce((t,n)=>e(t)&&Object.hasOwn(t,n)?t[n]:void 0,t),s=({all:e,...t})=>Object.fromEntries(Object.entries(t).filter(([,e])=>typeof e==`string`));export{i as stringsOf};