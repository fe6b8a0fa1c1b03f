export { App } from './app';
export { laterChunks } from './chunks';
