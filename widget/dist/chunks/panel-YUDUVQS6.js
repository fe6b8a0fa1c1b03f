import{F as a}from"./shared-5734D5OY.js";export{a as mountPanel};
