// Names that no component has for something of its own: JSX is written with whatever stands in reach under them.
export { Fragment as preactFragment, h as preactElement } from 'preact';
