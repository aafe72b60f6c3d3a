/** Legal forms that people leave out of the names of companies, in lower case, without dots and spaces. */
const LEGAL_FORMS = new Set(
	(
		'as sro vos ks zs zu ops se ' + // Czechia, Slovakia
		'gmbh gmbh&cokg ag kg ohg ug ev ' + // Austria, Germany
		'ltd limited plc llp llc inc corp ' + // English
		'spzoo kft zrt bv nv sa sas sarl srl spa oy ab'
	).split(' '),
);
/** Those that are words or units too: they count only after a comma, or when written with dots. */
const AMBIGUOUS_FORMS = new Set('as se ops ks zs zu vos kg sa sas spa ab ev ug'.split(' '));
/** Words of a legal form at most: `spol. s r. o.` */
const MAX_WORDS = 4;

/** A name of a company in its two parts. */
interface CompanyName {
	name: string;
	/** The legal form in one way of writing; empty without one. */
	form: string;
}

/**
 * Splits a name, as `toLooseKey` gives it, from the legal form at its end: `acme,spol.s r.o.` is `acme` and `sro`. A
 * legal form alone is a name: what is left of `,s.r.o.` would be the name of every record without one.
 */
export function splitLegalForm(text: string): CompanyName {
	const words = text.replaceAll(',', ', ').trim().split(' ');
	const whole = { name: words.join(' '), form: '' };
	for (let count = Math.min(MAX_WORDS, words.length - 1); count; count--) {
		const written = words.slice(-count).join('');
		const form = written
			.replace(/[.,]/g, '')
			.replace(/^spol(?=sro$)/, '')
			.replace(/^limited$/, 'ltd');
		if (!LEGAL_FORMS.has(form)) continue;
		const before = words.slice(0, -count).join(' ');
		if (AMBIGUOUS_FORMS.has(form) && !before.endsWith(',') && !written.includes('.')) continue;
		const name = before.replace(/,$/, '');
		return /[\p{L}\p{N}]/u.test(name) ? { name, form } : whole;
	}
	return whole;
}
