/** `a job`, `an invoice`. */
export const aOrAn = (name: string): string =>
	`${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name.toLowerCase()}`;
