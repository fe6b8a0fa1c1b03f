import{F as a}from"./shared-SKMIHHOA.js";export{a as mountPanel};
