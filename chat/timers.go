package chat

// TimerVisitorGone is the kind of the timer that ends a thread's episode because its visitor stayed away; its id is
// the thread's.
const TimerVisitorGone = "visitor.gone"
