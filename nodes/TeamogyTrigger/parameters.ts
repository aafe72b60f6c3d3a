// The build replaces this module by the list it exports, see gulpfile.js.
export { pollParameters as parameters } from '../triggers/poll/parameters';
