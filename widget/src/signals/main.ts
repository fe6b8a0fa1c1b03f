// What calls for attention: loaded with the first message that does.
export { ring } from './ring';
export { TitleBlink } from './title';
