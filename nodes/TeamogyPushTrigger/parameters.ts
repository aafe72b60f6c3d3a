// The build replaces this module by the list it exports, see gulpfile.js.
export { pushParameters as parameters } from '../triggers/push/parameters';
