/** `a job`, `an invoice`. */
export const withArticle = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;

/**
 * Compares our own plain English names. The order by locale is the same, but loading the rules of a language takes a
 * third of the time to load the package.
 */
export const compareNames = (a: string, b: string): number =>
	a.toLowerCase() < b.toLowerCase() ? -1 : 1;
