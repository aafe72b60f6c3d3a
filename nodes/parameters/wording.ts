/** What to do with several values, following "For several values", where the node takes one for each item. */
export const ONE_ITEM_EACH =
	'give this node one item for each, e.g. with a Split Out node before it';

/** `a job`, `an invoice`. */
export const withArticle = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;
