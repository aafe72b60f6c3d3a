/** What to do with several values, following "For several values", where the node takes one for each item. */
export const ONE_ITEM_EACH =
	'give this node one item for each, e.g. with a Split Out node before it';

/** `a job`, `an invoice`. */
export const withArticle = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;

/**
 * Compares our own plain English names. The order by locale is the same, but loading the rules of a language takes a
 * third of the time to load the package.
 */
export const compareNames = (a: string, b: string): number =>
	a.toLowerCase() < b.toLowerCase() ? -1 : 1;
