import type { IPollFunctions } from 'n8n-workflow';

import { isEmpty } from '../../api/common/json';
import { listSelectedColumns } from '../../api/views/columns';
import type { ColumnTypes } from '../../api/filters/columnTypes';
import { compileFilter, isEmptyFilter, type EnteredFilter } from '../../api/filters/conditions';
import { nameColumns, type NamedColumn } from '../../api/filters/missingColumn';
import { parseColumnName, parseColumnNames } from '../../api/views/names';
import { TRIGGER_RESOURCE } from '../../api/schema/resources';
import { InvalidInput } from '../../api/common/invalidInput';
import { listFilterColumns, readFilter, readFilterType } from '../../parameters/filter';
import { readViewQuery } from '../../parameters/output';
import { ParameterReader } from '../../parameters/reader';
import type { TriggerEvent } from './event';
import { EVENT_NAMES, EVENTS } from './events';
import type { WatchedQuery } from './watchedColumns';

/** The parameters of a polling trigger, read and checked. */
export interface TriggerSettings {
	/** The type of the state is hidden, so that one list holds all events. */
	event: TriggerEvent<unknown>;
	/** Without the filter: `compileWatchedQuery` adds it. */
	query: WatchedQuery;
	enteredFilter: EnteredFilter;
	/** The filter as it is entered: the value of `{{ $today }}` changes, the text does not. */
	rawFilter: unknown[];
}

/**
 * @param filterExpression as it is entered
 * @throws InvalidInput where a trigger without a filter would deliver records that nobody asked for
 */
function assertMayBeUnfiltered(
	reader: ParameterReader,
	event: TriggerEvent<unknown>,
	filterExpression: unknown,
): void {
	const isComputed = typeof filterExpression === 'string' && /^=.*\S/s.test(filterExpression);
	// A poll runs unattended: an expression without a result would select all records unnoticed.
	if (readFilterType(reader) === 'expression' && isComputed) {
		throw new InvalidInput(
			"The expression in 'Filter in Teamogy Syntax' gives an empty text",
			'All records would be selected. Check the expression, or remove it to select all records.',
		);
	}
	// A customer's own view may be a selection by itself.
	if (!event.needsFilter || reader.readParameter('view') === 'custom') return;
	throw new InvalidInput(
		`'${event.name}' needs at least one filter`,
		"Add a condition under 'Filters', e.g. that the column status equals APPROVED, or choose another event. A view that is a selection by itself needs none: choose 'Other View' and enter its name, e.g. companies.client.",
	);
}

/**
 * Reads and checks the parameters of a polling trigger. Nothing is sent.
 *
 * @throws InvalidInput that names the invalid parameter
 */
export function readTriggerSettings(context: IPollFunctions): TriggerSettings {
	const reader = new ParameterReader(
		(name, fallback) => context.getNodeParameter(name, fallback as object),
		TRIGGER_RESOURCE,
	);
	const eventName = reader.readChoice('event', 'Trigger On', EVENT_NAMES);
	const event = EVENTS.find(({ value }) => value === eventName)!;
	const idColumn = reader.readOption('idColumn');
	const query: WatchedQuery = {
		...readViewQuery(reader),
		idColumn: isEmpty(idColumn) ? 'id' : parseColumnName(idColumn, 'ID Column'),
		needsNumericIds: event.needsNumericIds,
		watchColumns: event.comparesColumns
			? parseColumnNames(reader.readOption('watchColumns'), 'Watched Column Names or IDs')
			: undefined,
	};
	const enteredFilter = readFilter(reader);
	const { filterType, filters, combine, filterExpression } = context.getNode().parameters;
	if (isEmptyFilter(enteredFilter)) assertMayBeUnfiltered(reader, event, filterExpression);
	const rawFilter = [filterType, filters, combine, filterExpression];
	return { event, query, enteredFilter, rawFilter };
}

/** The columns that the requests of a poll name. */
export const listNamedColumns = ({ query, enteredFilter }: TriggerSettings): NamedColumn[] => [
	...listFilterColumns(enteredFilter),
	...nameColumns(query.watchColumns, 'Watched Column Names or IDs'),
	...nameColumns(listSelectedColumns(query), 'Output Column Names or IDs'),
	{ column: query.idColumn, where: 'ID Column' },
];

/**
 * Compiles the filter. The types of its columns are read from the account where they are needed.
 *
 * @param isStart whether the trigger starts: then a value that cannot be in its column is found too
 * @returns the query with the filter as Teamogy takes it
 * @throws as `compileFilter`
 */
export async function compileWatchedQuery(
	{ query, enteredFilter }: TriggerSettings,
	columnTypes: ColumnTypes,
	isStart: boolean,
): Promise<WatchedQuery> {
	const { filter } = await compileFilter(enteredFilter, columnTypes, query, isStart);
	return { ...query, filter };
}
