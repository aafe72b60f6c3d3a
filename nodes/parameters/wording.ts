/** `a job`, `an invoice`. */
export const withArticle = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;

/**
 * In the order of the alphabet, for our own plain English names. By locale it would be the same order,
 * but loading a language's rules takes a third of the time that all of the package takes to load.
 */
export const compareNames = (a: string, b: string): number =>
	a.toLowerCase() < b.toLowerCase() ? -1 : 1;
