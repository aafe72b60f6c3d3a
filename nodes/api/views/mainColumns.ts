import { getOrCreate } from '../common/maps';
import { isEmpty, isObjectOrList } from '../common/json';
import { NUMBER_COLUMNS } from '../common/recordNames';
import { getColumnValue, getPropertyKey, isPropertyColumn, listFlatColumns } from './columns';
import type { Row } from './row';

/** Columns of a simplified row, at most: n8n's guideline for *Simplify*. */
const MAX_COLUMNS = 10;

/**
 * Names of columns that tell people what a record is, the most telling first. Each account configures the
 * columns of a view, so the names are those of examples (DOC) and common words (INFERRED).
 */
const MAIN_NAMES: ReadonlyArray<readonly string[]> = [
	['id'],
	NUMBER_COLUMNS,
	['name', 'subject', 'title', 'text'],
	['companyName', 'clientName', 'customerName', 'supplierName'],
	['status'],
	['paymentStatus'],
	['total', 'amount', 'price', 'hours', 'probability'],
	['currency'],
	['dueDate', 'dueOn', 'date', 'expectedOn', 'validOn'],
	['issueDate', 'startOn', 'createdOn', 'dateTo', 'paidDate'],
	['ownerName', 'userName', 'personName'],
	['email', 'phone', 'position'],
	['jobName', 'taskName', 'overheadName', 'brandName'],
	['type', 'category', 'priority'],
	['registration', 'vatNumber', 'industry', 'city', 'country'],
	['firstName', 'lastName'],
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

/** Groups of columns by what they tell, the most telling first. */
const TIERS = [
	'main name',
	'telling word',
	'other',
	'true or false',
	/** The ID of another record. */
	'reference',
	/** An entry of `properties` whose name tells nothing. */
	'property',
] as const;

/** What a column tells: its tier, and its place in the tier; 0 is the most. */
interface Rank {
	tier: (typeof TIERS)[number];
	place: number;
}

/** @param isBoolean whether the column holds true and false */
function getRank(column: string, isBoolean: boolean): Rank {
	const name = getPropertyKey(column) ?? column;
	const place = MAIN_NAMES.findIndex((names) => names.includes(name));
	if (place >= 0) return { tier: 'main name', place };
	if (isPropertyColumn(column)) return { tier: 'property', place: 0 };
	if (/Ids?$/.test(name)) return { tier: 'reference', place: 0 };
	if (isBoolean) return { tier: 'true or false', place: 0 };
	const word = TELLING_WORDS.findIndex((pattern) => pattern.test(name));
	return word < 0 ? { tier: 'other', place: 0 } : { tier: 'telling word', place: word };
}

const compareRanks = (a: Rank, b: Rank): number =>
	TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.place - b.place;

/** Sorts columns for a list that people choose from: the most telling first, then by name, properties last. */
export const sortColumns = (names: string[]): string[] =>
	names.sort(
		(a, b) =>
			Number(isPropertyColumn(a)) - Number(isPropertyColumn(b)) ||
			compareRanks(getRank(a, false), getRank(b, false)) ||
			a.localeCompare(b),
	);

/** What some rows hold in a column. */
interface ColumnValues {
	isNested: boolean;
	isBoolean: boolean;
}

/** The columns that have a value in one of the rows. */
function inspectColumns(rows: Row[]): Map<string, ColumnValues> {
	const columns = new Map<string, ColumnValues>();
	for (const row of rows) {
		for (const name of listFlatColumns(row)) {
			const value = getColumnValue(row, name);
			if (isEmpty(value)) continue;
			const values = getOrCreate(columns, name, () => ({ isNested: false, isBoolean: false }));
			values.isNested ||= isObjectOrList(value);
			values.isBoolean ||= typeof value === 'boolean';
		}
	}
	return columns;
}

/**
 * Finds at most ten columns that tell people what the records are, the ID first. Columns that are nested, or
 * empty in all rows, are not among them; entries of `properties` are only where their names tell much. Counts the other
 * columns with values.
 *
 * @param needed columns that are among the ten in any case
 */
export function findMainColumns(
	rows: Row[],
	needed: readonly string[] = [],
): { columns: string[]; otherColumns: number } {
	const inspected = inspectColumns(rows);
	const candidates = [...inspected].map(([column, { isNested, isBoolean }]) => ({
		column,
		isNested,
		isNeeded: column === 'id' || needed.includes(column),
		rank: getRank(column, isBoolean),
	}));
	const outerPlaces = new Set(
		candidates
			.filter(({ column, isNested }) => !isNested && !isPropertyColumn(column))
			.flatMap(({ rank }) => (rank.tier === 'main name' ? rank.place : [])),
	);
	// An entry of `properties` stands in for a column that the rows do not have.
	const isMain = (column: string, { tier, place }: Rank): boolean =>
		tier === 'main name'
			? !isPropertyColumn(column) || !outerPlaces.has(place)
			: tier !== 'property';
	const columns = candidates
		.filter(
			({ column, isNested, isNeeded, rank }) => isNeeded || (!isNested && isMain(column, rank)),
		)
		.sort((a, b) => Number(b.isNeeded) - Number(a.isNeeded) || compareRanks(a.rank, b.rank))
		.slice(0, MAX_COLUMNS)
		.sort((a, b) => compareRanks(a.rank, b.rank))
		.map(({ column }) => column);
	return { columns, otherColumns: inspected.size - columns.length };
}
