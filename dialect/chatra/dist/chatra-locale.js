var a=e=>typeof e=="object"&&e!==null&&!Array.isArray(e);var d=`customStrings.welcome greeting
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
restart newChat`,c={};for(let e of d.split(`
`)){let[t="",...n]=e.split(" ");c[t]=n[0]?n:[t.replace(/.*\./,"")]}var g=(e,t)=>`{${t==="username"?"name":t}}`;function x(e,t,n){let o={};for(let[r,i]of Object.entries(c)){let s=m(r,e,t,n);if(s!==void 0)for(let l of i)o[l]=s.replace(/{{#?(\w+)}}/g,g)}return o}function m(e,t,n,o){let r={};for(let i of t){let s=f(i,e);typeof s=="string"?r={all:s}:a(s)?r={...r,...u(s)}:s!=null&&o(`locale.${e} does not take this value`)}return r[n]??r.all}var f=(e,t)=>t.split(".").reduce((n,o)=>a(n)&&Object.hasOwn(n,o)?n[o]:void 0,e),u=({all:e,...t})=>Object.fromEntries(Object.entries(t).filter(([,n])=>typeof n=="string"));export{x as stringsOf};
