import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import {
	encode,
	isObject,
	quote,
	type Inspection,
	type Match,
	type Subject,
} from '../inspection.mts';

/**
 * Filters. Each condition is tried on one row, named by its ID: it must be returned for a condition it meets and not
 * returned for one it does not meet. So no answer depends on how many rows there are.
 */

const NO_ROWS = undecidable('No row has a numeric ID');
/** A text that no record is likely to have. */
const NOWHERE = 'zz qq';

const describe = (match: Match): string => (typeof match === 'number' ? `Status ${match}` : match);

/** Holds where the row is returned for what it meets and not for what it does not meet. */
async function tell(
	inspection: Inspection,
	subject: Subject,
	{ met, unmet }: { met: string; unmet: string },
): Promise<Finding> {
	const forMet = await inspection.matches(subject, met);
	if (forMet !== 'match') return fails(`A row that meets it: ${describe(forMet)}`);
	const forUnmet = await inspection.matches(subject, unmet);
	return forUnmet === 'none'
		? holds()
		: fails(`A row that does not meet it: ${describe(forUnmet)}`);
}

const anySubject = (inspection: Inspection) => inspection.find((subject) => subject);
const anyText = (inspection: Inspection, passes: (text: string) => boolean = () => true) =>
	inspection.findText((text) => text.length < 100 && !text.includes("'") && passes(text));

export const filters: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	return await tell(inspection, subject, {
		met: `id=${subject.id}`,
		unmet: `id=${subject.id + 1}`,
	});
};

export const rawFilter: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [{ view, id }] = found;
	const match = await inspection.matchesRaw(view, id, `(id=${id}%20AND%20id=${id})`);
	return match === 'match' ? holds() : fails(describe(match));
};

export const booleans: Probe = async (inspection) => {
	const found = inspection.find(({ row }) =>
		Object.keys(row).find((column) => typeof row[column] === 'boolean' && /^\w+$/.test(column)),
	);
	if (!found) return undecidable('No view has a column of true and false');
	const [subject, column] = found;
	const value = subject.row[column] as boolean;
	return await tell(inspection, subject, {
		met: `${column}=${value}`,
		unmet: `${column}=${!value}`,
	});
};

export const or: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [{ view, id }] = found;
	const match = await inspection.matchesRaw(view, id, encode(`(id=${id} OR id=${id})`));
	return match === 'match' ? holds() : fails(describe(match));
};

export const not: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	const met = `NOT (id=${subject.id + 1})`;
	return await tell(inspection, subject, { met, unmet: `NOT (id=${subject.id})` });
};

export const greaterNumber: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	return await tell(inspection, subject, {
		met: `id>${subject.id - 1}`,
		unmet: `id>${subject.id}`,
	});
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const greaterText: Probe = async (inspection) => {
	const found = anyText(inspection, (text) => /^\p{L}{3}/u.test(text));
	if (!found) return undecidable('No row has a text to try it on');
	const [subject, { column, text }] = found;
	// Whatever the alphabet, a text comes after its own beginning.
	const beginning = [...text].slice(0, 2).join('');
	return await tell(inspection, subject, {
		met: `${column}>${quote(beginning)}`,
		unmet: `${column}>${quote(text)}`,
	});
};

export const greaterDay: Probe = async (inspection) => {
	const found = inspection.findText((text) => DAY.test(text));
	if (!found) return undecidable('No row has a day to try it on');
	const [subject, { column, text }] = found;
	const before = new Date(Date.parse(text) - 86_400_000).toISOString().slice(0, 10);
	return await tell(inspection, subject, {
		met: `${column}>${quote(before)}`,
		unmet: `${column}>${quote(text)}`,
	});
};

export const doubledQuote: Probe = async (inspection) => {
	const found = inspection.findText((text) => text.includes("'") && text.length < 100);
	if (found) {
		const [subject, { column, text }] = found;
		const match = await inspection.matches(subject, `${column}=${quote(text)}`);
		return match === 'match' ? holds() : fails(`A row that has it: ${describe(match)}`);
	}
	const other = anyText(inspection);
	if (!other) return undecidable('No row has a text to try it on');
	const [subject, { column }] = other;
	const match = await inspection.matches(subject, `${column}='zz''qq'`);
	return match === 'none'
		? holds('Taken; no record with a quote was found')
		: fails(describe(match));
};

export const noValue: Probe = async (inspection) => {
	const found = inspection.find(({ row }) => {
		const column = Object.keys(row).find((name) => row[name] === null && /^\w+$/.test(name));
		// The column must hold texts, so that a text can be compared with it.
		return column !== undefined && holdsTexts(inspection, column) ? column : undefined;
	});
	if (!found) return undecidable('No row has a column without a value');
	const [subject, column] = found;
	const match = await inspection.matches(subject, `NOT (${column}=${quote(NOWHERE)})`);
	if (match === 'none') return holds();
	return match === 'match' ? fails('Not Equal returns it') : undecidable(describe(match));
};

function holdsTexts({ pages }: Inspection, column: string): boolean {
	return [...pages.values()].some(({ rows }) =>
		rows.some((row) => typeof row[column] === 'string'),
	);
}

export const propertiesFilter: Probe = async (inspection) => {
	const found = inspection.find(({ row }) => {
		if (!isObject(row.properties)) return undefined;
		return Object.entries(row.properties).find(
			([key, value]) =>
				/^\w+$/.test(key) && typeof value === 'string' && value !== '' && value.length < 100,
		) as [string, string] | undefined;
	});
	if (!found) return undecidable('No row has a text in `properties`');
	const [subject, [key, value]] = found;
	return await tell(inspection, subject, {
		met: `properties.${key}=${quote(value)}`,
		unmet: `properties.${key}=${quote(NOWHERE)}`,
	});
};

export const emptyText: Probe = async (inspection) => {
	const found = anyText(inspection);
	if (!found) return undecidable('No row has a text to try it on');
	const [subject, { column }] = found;
	const match = await inspection.matches(subject, `${column}=''`);
	return match === 'none' ? holds() : fails(describe(match));
};

/** Holds where a text that only differs in this way is another one. */
async function tellApart(
	inspection: Inspection,
	change: (text: string) => string,
): Promise<Finding> {
	const found = anyText(inspection, (text) => change(text) !== text);
	if (!found) return undecidable('No row has a text to try it on');
	const [subject, { column, text }] = found;
	const match = await inspection.matches(subject, `${column}=${quote(change(text))}`);
	if (match === 'none') return holds();
	return match === 'match' ? fails('They count as the same') : undecidable(describe(match));
}

const swapCase = (text: string): string =>
	[...text]
		.map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()))
		.join('');

export const caseMatters: Probe = async (inspection) =>
	await tellApart(inspection, (text) => (text.includes('ß') ? text : swapCase(text)));
export const accentsMatter: Probe = async (inspection) =>
	await tellApart(inspection, (text) =>
		text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
	);

const OF_SEVERAL_TYPES = ['documents', 'invoices.sales', 'invoices.purchase', 'cashboxes'];

export const typeColumn: Probe = async (inspection) => {
	const view = OF_SEVERAL_TYPES.find((name) => inspection.rowsOf(name).length);
	if (view === undefined) return undecidable('No view of documents has rows');
	const [{ type }] = inspection.rowsOf(view);
	const filter = `type=${quote(typeof type === 'string' ? type : NOWHERE)}`;
	const { status, rows } = await inspection.readView(
		view,
		`externalFilter=${encode(filter)}&limit=1&offset=0`,
	);
	if (status !== 200) return fails(`Status ${status}`);
	return typeof type !== 'string' || rows.length
		? holds()
		: fails('No row is returned for its type');
};

/** As long as the addresses that Look Up sends. */
const LONG_ADDRESS = 6000;

export const longAddress: Probe = async (inspection) => {
	const found = anySubject(inspection);
	if (!found) return NO_ROWS;
	const [{ view, id }] = found;
	const again = encode(` AND id=${id}`);
	const start = encode(`(id=${id}`);
	// Host, path and the other parameters have their share of the address.
	const times = Math.floor((LONG_ADDRESS - 200 - start.length) / again.length);
	const filter = `${start}${again.repeat(times)}${encode(')')}`;
	const match = await inspection.matchesRaw(view, id, filter);
	return match === 'match' ? holds() : fails(describe(match));
};
