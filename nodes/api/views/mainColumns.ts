import { getOrCreate } from '../common/getOrCreate';
import { isEmpty, isObjectOrList } from '../common/json';
import { getColumnValue, listFlatColumns, PROPERTIES_PREFIX } from './columns';
import type { Row } from './view';

/** Columns of a simplified row, at most: n8n's guideline for *Simplify*. */
const MAX_COLUMNS = 10;

/**
 * Names of columns that tell people what a record is, the most telling first. Each account configures the
 * columns of a view, so the names are those of examples (DOC) and common words (INFERRED).
 */
const TELLING_NAMES: readonly RegExp[] = [
	/^id$/,
	/^(number|code|documentNumber)$/,
	/^(name|subject|title|text)$/,
	/^(company|client|customer|supplier)Name$/,
	/^status$/,
	/^paymentStatus$/,
	/^(total|amount|price|hours|probability)$/,
	/^currency$/,
	/^(dueDate|dueOn|date|expectedOn|validOn)$/,
	/^(issueDate|startOn|createdOn|dateTo|paidDate)$/,
	/^(owner|user|person)Name$/,
	/^(email|phone|position)$/,
	/^(job|task|overhead|brand)Name$/,
	/^(type|category|priority)$/,
	/^(registration|vatNumber|industry|city|country)$/,
	/^(firstName|lastName)$/,
];

/** Words in names of columns for what no name above tells, the most telling first. */
const TELLING_WORDS: readonly RegExp[] = [
	/(number|code)$/i,
	/name$/i,
	/status$/i,
	/(total|amount|price|budget|hours|debit|credit)/i,
	/(date|On|At)$/,
	/(type|category)$/i,
];

/** Added to the rank of an entry of `properties`. */
const PROPERTIES_RANK = 0.5;
/** The rank of a column that is wanted in any case: after the ID. */
const WANTED_RANK = 0.1;
/** The rank of an entry of `properties` whose name tells nothing. */
const UNTOLD_PROPERTY = Infinity;

/**
 * How much a column tells by its name; 0 is the most.
 *
 * @param isSwitch whether it holds true and false
 */
function getRank(column: string, isSwitch: boolean): number {
	const isProperty = column.startsWith(PROPERTIES_PREFIX);
	const name = isProperty ? column.slice(PROPERTIES_PREFIX.length) : column;
	const index = TELLING_NAMES.findIndex((pattern) => pattern.test(name));
	if (isProperty) return index < 0 ? UNTOLD_PROPERTY : index + PROPERTIES_RANK;
	if (index >= 0) return index;
	const end = TELLING_NAMES.length + TELLING_WORDS.length;
	if (/Ids?$/.test(name)) return end + 2;
	if (isSwitch) return end + 1;
	const word = TELLING_WORDS.findIndex((pattern) => pattern.test(name));
	return word < 0 ? end : TELLING_NAMES.length + word;
}

/** Sorts columns for a list that people choose from: the most telling first, then by name, properties last. */
export function sortColumns(names: string[]): string[] {
	const getPlace = (name: string): number =>
		name.startsWith(PROPERTIES_PREFIX) ? Infinity : getRank(name, false);
	return names.sort((a, b) => {
		const [placeA, placeB] = [getPlace(a), getPlace(b)];
		return placeA === placeB ? a.localeCompare(b) : placeA - placeB;
	});
}

/** What some rows hold in a column. */
interface ColumnValues {
	isNested: boolean;
	isSwitch: boolean;
}

/** The columns that have a value in one of the rows. */
function inspectColumns(rows: Row[]): Map<string, ColumnValues> {
	const columns = new Map<string, ColumnValues>();
	for (const row of rows) {
		for (const name of listFlatColumns(row)) {
			const value = getColumnValue(row, name);
			if (isEmpty(value)) continue;
			const values = getOrCreate(columns, name, () => ({ isNested: false, isSwitch: false }));
			values.isNested ||= isObjectOrList(value);
			values.isSwitch ||= typeof value === 'boolean';
		}
	}
	return columns;
}

/** The main columns of some rows, and how many columns with values there are besides. */
export interface MainColumns {
	columns: string[];
	otherColumns: number;
}

/**
 * Finds at most ten columns that tell people what the records are, the ID first. Columns that are nested, or
 * empty in all rows, are not among them; entries of `properties` are only where their names tell much.
 *
 * @param wanted columns that are among the ten in any case, after the ID
 */
export function findMainColumns(rows: Row[], wanted: readonly string[] = []): MainColumns {
	const inspected = inspectColumns(rows);
	const candidates = [...inspected]
		.filter(([column, { isNested }]) => wanted.includes(column) || !isNested)
		.map(([column, values]) => ({
			column,
			rank: wanted.includes(column) ? WANTED_RANK : getRank(column, values.isSwitch),
		}));
	const ranks = new Set(candidates.map((one) => one.rank));
	// An entry of `properties` stands in for a column that the rows do not have.
	const isMain = ({ rank: own }: { rank: number }): boolean =>
		own % 1 === PROPERTIES_RANK ? !ranks.has(own - PROPERTIES_RANK) : own !== UNTOLD_PROPERTY;
	const columns = candidates
		.filter(isMain)
		.sort((a, b) => a.rank - b.rank)
		.slice(0, MAX_COLUMNS)
		.map(({ column }) => column);
	return { columns, otherColumns: inspected.size - columns.length };
}

/** The row with these columns alone, each under its name; columns the row lacks are left out. */
export const toFlatRow = (row: Row, columns: readonly string[]): Row =>
	Object.fromEntries(
		columns
			.map((column) => [column, getColumnValue(row, column)])
			.filter(([, value]) => value !== undefined),
	) as Row;

/** The row with these columns alone, entries of `properties` where they are in the row. */
export function pickColumns(row: Row, columns: readonly string[]): Row {
	const outer: Array<[string, unknown]> = [];
	const properties: Array<[string, unknown]> = [];
	for (const column of columns) {
		const value = getColumnValue(row, column);
		if (value === undefined) continue;
		if (column.startsWith(PROPERTIES_PREFIX) && !Object.hasOwn(row, column))
			properties.push([column.slice(PROPERTIES_PREFIX.length), value]);
		else outer.push([column, value]);
	}
	if (properties.length && !columns.includes('properties'))
		outer.push(['properties', Object.fromEntries(properties)]);
	return Object.fromEntries(outer) as Row;
}
