// The build replaces this module by the list it exports, see gulpfile.js.
export { parameters } from '../operations/parameters';
