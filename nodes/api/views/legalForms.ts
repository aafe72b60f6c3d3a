/** Legal forms that people leave out of the names of companies, in lower case, without dots and spaces. */
const LEGAL_FORMS = new Set(
	(
		'as sro spolsro vos ks zs zu ops se ' + // Czechia, Slovakia
		'gmbh gmbh&cokg ag kg ohg ug ev ' + // Austria, Germany
		'ltd limited plc llp llc inc corp ' + // English
		'spzoo kft zrt bv nv sa sas sarl srl spa oy ab'
	).split(' '),
);
/** Those that are words too: they count after a comma or with dots alone. */
const WORDS = new Set(['as', 'se', 'ops', 'sa', 'sas', 'spa', 'ab', 'ev', 'ug']);
/** Words of a legal form at most: `spol. s r. o.` */
const MAX_WORDS = 4;

/**
 * A name in lower case without the legal form at its end: `acme, spol. s r. o.` is `acme`. A legal form alone stays:
 * what is left of `, s.r.o.` would be the name of every record without one.
 */
export function removeLegalForm(name: string): string {
	const words = name.split(' ');
	for (let count = Math.min(MAX_WORDS, words.length - 1); count; count--) {
		const written = words.slice(-count).join('');
		const form = written.replace(/[.,]/g, '');
		if (!LEGAL_FORMS.has(form)) continue;
		const before = words.slice(0, -count).join(' ');
		if (WORDS.has(form) && !before.endsWith(',') && !written.includes('.')) continue;
		const rest = before.replace(/,$/, '');
		return /[\p{L}\p{N}]/u.test(rest) ? rest : name;
	}
	return name;
}
