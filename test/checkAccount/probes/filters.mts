import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import {
	describeStatus,
	encode,
	isObject,
	isPlainName,
	isText,
	isTextColumn,
	quote,
	type Inspection,
	type Match,
	type Subject,
} from '../inspection.mts';

/**
 * Probes about filters. Each condition is tried on one row, named by its ID: the row must be returned for a condition it meets and
 * not be returned for one it does not meet. So no result depends on how many rows there are.
 */

const NO_ROWS = undecidable('No row has a numeric ID');
const NO_TEXT = undecidable('No row has a text to try it on');
/** A text that no record is likely to have. */
const ABSENT_TEXT = 'zz qq';

const describeMatch = (match: Match): string =>
	typeof match === 'number' ? describeStatus(match) : match;

/**
 * Holds where the row is returned for the condition it meets and not for the other one. A refusal of the other one alone
 * decides nothing: Teamogy may refuse its value, e.g. one that is not configured.
 */
async function compareConditions(
	inspection: Inspection,
	subject: Subject,
	{ met, unmet }: { met: string; unmet: string },
): Promise<Finding> {
	const forMet = await inspection.matches(subject, met);
	if (forMet !== 'match') return fails(`A row that meets it: ${describeMatch(forMet)}`);
	const forUnmet = await inspection.matches(subject, unmet);
	if (forUnmet === 'none') return holds();
	const detail = `A row that does not meet it: ${describeMatch(forUnmet)}`;
	return typeof forUnmet === 'number' ? undecidable(detail) : fails(detail);
}

const findSubject = (inspection: Inspection) => inspection.find((subject) => subject);
/** Whether a text can stand in a filter whatever becomes of quotes. */
const hasNoQuote = (text: string): boolean => !text.includes("'");
const findPlainText = (inspection: Inspection, passes: (text: string) => boolean = () => true) =>
	inspection.findText((text) => hasNoQuote(text) && passes(text));

export const filters: Probe = async (inspection) => {
	const found = findSubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	return await compareConditions(inspection, subject, {
		met: `id=${subject.id}`,
		unmet: `id=${subject.id + 1}`,
	});
};

export const rawFilter: Probe = async (inspection) => {
	const found = findSubject(inspection);
	if (!found) return NO_ROWS;
	const [{ view, id }] = found;
	const match = await inspection.matchesRaw(view, id, `(id=${id}%20AND%20id=${id})`);
	return match === 'match' ? holds() : fails(describeMatch(match));
};

export const booleans: Probe = async (inspection) => {
	const found = inspection.find(({ row }) =>
		Object.keys(row).find((column) => typeof row[column] === 'boolean' && isPlainName(column)),
	);
	if (!found) return undecidable('No view has a column of true and false');
	const [subject, column] = found;
	const value = subject.row[column] as boolean;
	return await compareConditions(inspection, subject, {
		met: `${column}=${value}`,
		unmet: `${column}=${!value}`,
	});
};

/** Two different rows: a server that knows no `OR`, or minds one side alone, does not return both. */
export const or: Probe = async (inspection) => {
	const view = inspection.viewWith(2);
	if (view === undefined) return undecidable('No view has two rows with a numeric ID');
	const [one, other] = inspection.listSubjects(view);
	const filter = encode(`(id=${one.id} OR id=${other.id})`);
	const { status, isPage, rows } = await inspection.readView(
		view,
		`externalFilter=${filter}&limit=5&offset=0`,
	);
	if (!isPage) return fails(describeStatus(status));
	if (rows.length !== 2) return fails(`${rows.length} rows where 2 meet it`);
	const ids = rows.map(({ id }) => id);
	return ids.includes(one.id) && ids.includes(other.id)
		? holds()
		: fails('Other rows are returned');
};

export const not: Probe = async (inspection) => {
	const found = findSubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	const met = `NOT (id=${subject.id + 1})`;
	return await compareConditions(inspection, subject, { met, unmet: `NOT (id=${subject.id})` });
};

export const greaterNumber: Probe = async (inspection) => {
	const found = findSubject(inspection);
	if (!found) return NO_ROWS;
	const [subject] = found;
	return await compareConditions(inspection, subject, {
		met: `id>${subject.id - 1}`,
		unmet: `id>${subject.id}`,
	});
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const greaterText: Probe = async (inspection) => {
	const found = findPlainText(inspection, (text) => /^\p{L}{3}/u.test(text));
	if (!found) return NO_TEXT;
	const [subject, { column, text }] = found;
	// Whatever the alphabet, a text comes after its own beginning.
	const beginning = [...text].slice(0, 2).join('');
	return await compareConditions(inspection, subject, {
		met: `${column}>${quote(beginning)}`,
		unmet: `${column}>${quote(text)}`,
	});
};

export const greaterDay: Probe = async (inspection) => {
	const found = inspection.find(({ row }) => {
		const entry = Object.entries(row).find(
			([column, value]) => isPlainName(column) && typeof value === 'string' && DAY.test(value),
		);
		return entry && { column: entry[0], text: entry[1] as string };
	});
	if (!found) return undecidable('No row has a day to try it on');
	const [subject, { column, text }] = found;
	const before = new Date(Date.parse(text) - 86_400_000).toISOString().slice(0, 10);
	return await compareConditions(inspection, subject, {
		met: `${column}>${quote(before)}`,
		unmet: `${column}>${quote(text)}`,
	});
};

export const doubledQuote: Probe = async (inspection) => {
	const found = inspection.findText((text) => text.includes("'"));
	if (!found) return undecidable('No row that was read has a text with a quote');
	const [subject, { column, text }] = found;
	const match = await inspection.matches(subject, `${column}=${quote(text)}`);
	return match === 'match' ? holds() : fails(`A row that has it: ${describeMatch(match)}`);
};

export const noValue: Probe = async (inspection) => {
	const found = inspection.find(({ row }) => {
		// The column must hold texts, so that a text can be compared with it.
		return Object.keys(row).find(
			(column) => row[column] === null && isTextColumn(column) && holdsTexts(inspection, column),
		);
	});
	if (!found) return undecidable('No row has a column of texts without a value');
	const [subject, column] = found;
	const match = await inspection.matches(subject, `NOT (${column}=${quote(ABSENT_TEXT)})`);
	if (match === 'none') return holds();
	return match === 'match' ? fails('Not Equal returns it') : undecidable(describeMatch(match));
};

function holdsTexts({ pages }: Inspection, column: string): boolean {
	return [...pages.values()].some(({ rows }) => rows.some((row) => isText(row[column])));
}

export const propertiesFilter: Probe = async (inspection) => {
	const found = inspection.find(({ row }) => {
		if (!isObject(row.properties)) return undefined;
		return Object.entries(row.properties).find(
			([key, value]) => isPlainName(key) && isText(value) && hasNoQuote(value),
		) as [string, string] | undefined;
	});
	if (!found) return undecidable('No row has a text in `properties`');
	const [subject, [key, value]] = found;
	return await compareConditions(inspection, subject, {
		met: `properties.${key}=${quote(value)}`,
		unmet: `properties.${key}=${quote(ABSENT_TEXT)}`,
	});
};

export const emptyText: Probe = async (inspection) => {
	const found = findPlainText(inspection);
	if (!found) return NO_TEXT;
	const [subject, { column }] = found;
	const match = await inspection.matches(subject, `${column}=''`);
	return match === 'none' ? holds() : fails(describeMatch(match));
};

/** Holds where a row is not returned for its text changed in this way. */
async function expectDifference(
	inspection: Inspection,
	change: (text: string) => string,
): Promise<Finding> {
	const found = findPlainText(inspection, (text) => change(text) !== text);
	if (!found) return NO_TEXT;
	const [subject, { column, text }] = found;
	const match = await inspection.matches(subject, `${column}=${quote(change(text))}`);
	if (match === 'none') return holds();
	return match === 'match' ? fails('They count as the same') : undecidable(describeMatch(match));
}

const swapCase = (text: string): string =>
	[...text]
		.map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()))
		.join('');

export const caseMatters: Probe = async (inspection) =>
	await expectDifference(inspection, (text) => (text.includes('ß') ? text : swapCase(text)));
export const accentsMatter: Probe = async (inspection) =>
	await expectDifference(inspection, (text) =>
		text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
	);

/** A type that every account has unless its configuration was changed (DOC). */
const DOCUMENTED_TYPE = 'INVOICE.SALES';
const OF_SEVERAL_TYPES = ['documents', 'invoices.sales', 'invoices.purchase', 'cashboxes'];

export const typeColumn: Probe = async (inspection) => {
	const view = OF_SEVERAL_TYPES.find((name) => inspection.getRows(name).length);
	if (view === undefined) return undecidable('No view of documents has rows');
	const [{ type }] = inspection.getRows(view);
	const isShown = typeof type === 'string';
	const filter = `type=${quote(isShown ? type : DOCUMENTED_TYPE)}`;
	const { status, isPage, rows } = await inspection.readView(
		view,
		`externalFilter=${encode(filter)}&limit=1&offset=0`,
	);
	if (!isPage) return fails(describeStatus(status));
	return !isShown || rows.length ? holds() : fails('No row is returned for its type');
};

/** Characters; as long as the addresses that Look Up sends. */
const LONG_ADDRESS = 6000;

export const longAddress: Probe = async (inspection) => {
	const found = findSubject(inspection);
	if (!found) return NO_ROWS;
	const [{ view, id }] = found;
	const again = encode(` AND id=${id}`);
	const start = encode(`(id=${id}`);
	// Host, path and the other parameters need room in the address too.
	const times = Math.floor((LONG_ADDRESS - 200 - start.length) / again.length);
	const filter = `${start}${again.repeat(times)}${encode(')')}`;
	const match = await inspection.matchesRaw(view, id, filter);
	return match === 'match' ? holds() : fails(describeMatch(match));
};
