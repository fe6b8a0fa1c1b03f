import{z as a}from"./shared-BHNWGTLM.js";export{a as mountPanel};
