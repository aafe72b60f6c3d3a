/** What a model is told of the output of a tool: it sees no hints of n8n. */
import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/common/formatValue';
import { isEmpty } from '../api/common/json';
import type { Condition, EnteredFilter, CompiledFilter } from '../api/filters/conditions';
import type { SimilarText } from '../api/matching/match';
import type { TypedMatchQuery } from '../api/matching/typedMatch';

/** What was read of a view, and by which criteria. */
interface ReadRows {
	view: string;
	/** How many of the rows found were skipped. */
	offset: number;
	/** How many there are in the output. */
	rows: number;
	/** Whether the limit left out rows. */
	isCut: boolean;
	search: string[];
	enteredFilter: EnteredFilter;
	compiledFilter: CompiledFilter;
}

const describeCondition = ({ column, operator, value }: Condition): string =>
	[column, operator, value === undefined || value === '' ? '' : `"${formatValue(value)}"`]
		.filter(Boolean)
		.join(' ');

/** What each record meets, as a list of verbs with their objects. */
function listCriteria({ search, enteredFilter, compiledFilter }: ReadRows): string[] {
	const onRows = enteredFilter.conditions.filter(({ column }) =>
		compiledFilter.rowColumns.includes(column),
	);
	return [
		compiledFilter.filter ? `meets the filter ${formatValue(compiledFilter.filter)}` : '',
		onRows.length
			? `meets the conditions ${onRows.map(describeCondition).join(` ${enteredFilter.combine} `)}`
			: '',
		...search.map((text) => `contains "${formatValue(text)}"`),
	].filter(Boolean);
}

/** The hint of conditions that were left out because their values are empty; undefined without any. */
export const describeOmitted = ({ omittedColumns }: EnteredFilter): string | undefined =>
	omittedColumns
		? `The conditions on these columns were left out, since their values are empty: ${omittedColumns.join(', ')}.`
		: undefined;

/** Tells a model where a list was cut, by which criteria, and what to try where nothing was found. */
export function describeRows(read: ReadRows): string | undefined {
	const criteria = listCriteria(read);
	const met = criteria.join(' and ');
	const isFiltered = criteria.length > read.search.length;
	const sentences: Array<string | undefined> = [];
	if (read.isCut) {
		const which = met ? ` Each of them ${met}.` : '';
		sentences.push(
			`Only ${read.rows} records are listed, and there may be more.${which} To find others, narrow the filters or the search.`,
		);
	} else if (!read.rows && read.offset) {
		sentences.push(
			`The offset skips the first ${read.offset} records of the view "${read.view}", and none is left.`,
			met && `A record counts if it ${met}.`,
		);
	} else if (!read.rows && met) {
		sentences.push(
			`No record of the view "${read.view}" ${met}.`,
			isFiltered
				? 'A filter may compare a text with its case and accents: try another spelling, fewer conditions, or a search.'
				: undefined,
			read.search.length ? 'Try a shorter part of the text as the search.' : undefined,
		);
	} else if (!read.rows) sentences.push(`The view "${read.view}" has no records.`);
	return [...sentences, describeOmitted(read.enteredFilter)].filter(Boolean).join(' ') || undefined;
}

/** Texts that are spelt much like another, with the IDs of their records. */
export const formatSimilar = (similar: SimilarText[]): string =>
	similar.map(({ text, id }) => `"${formatValue(text)}" (ID ${formatValue(id)})`).join(', ');

/** Tells a model that nothing was found for a value. */
export function describeNotFound(
	{ view, column, ignoreCase }: TypedMatchQuery,
	value: unknown,
	similar: SimilarText[],
): string {
	if (value === undefined) return 'No value was given, so nothing was looked up.';
	const advice = similar.length
		? `Similar: ${formatSimilar(similar)}.`
		: ignoreCase
			? 'Check the value.'
			: 'Text may be compared with its case and accents: try another spelling.';
	return `No record of the view "${view}" has "${formatValue(value)}" in "${column}". ${advice}`;
}

/** Tells a model what was written, as it was sent. */
export const describeWrite = (body: IDataObject): string =>
	`These fields were written: ${Object.entries(body)
		.map(([name, value]) => `${name} = ${isEmpty(value) ? '(cleared)' : formatValue(value)}`)
		.join(', ')}.`;
