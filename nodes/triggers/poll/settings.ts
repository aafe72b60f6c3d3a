import type { IPollFunctions } from 'n8n-workflow';

import type { Account } from '../../api/transport/account';
import { ColumnTypes } from '../../api/views/columnTypes';
import { compileFilter, isEmptyFilter, type Filter } from '../../api/views/conditions';
import { parseColumnName, parseColumnNames } from '../../api/views/names';
import { TRIGGER_RESOURCE } from '../../api/schema/resources';
import type { TeamogyClient } from '../../api/transport/client';
import { InvalidInput } from '../../api/common/invalidInput';
import { emptyFilterError, readFilter, readFilterType } from '../../parameters/filter';
import { readViewQuery } from '../../parameters/output';
import { isEmpty, ParameterReader } from '../../parameters/reader';
import { hash } from '../hash';
import type { TriggerEvent } from './event';
import { EVENT_NAMES, EVENTS } from './events';
import { getWatchedSelection, type WatchedQuery } from './watchedColumns';

/** The parameters of a polling trigger, read and checked. */
export interface TriggerSettings {
	/** The type of the state is hidden, so that one list holds all events. */
	event: TriggerEvent<unknown>;
	/** Without the filter: `readWatchedQuery` adds it. */
	query: WatchedQuery;
	filter: Filter;
	/** The filter as it is entered: the value of `{{ $today }}` changes, the text does not. */
	rawFilter: unknown[];
}

/** Columns and properties in an order that does not depend on the choice. */
const sortColumns = ({
	columns,
	properties,
}: Pick<WatchedQuery, 'columns' | 'properties'>): unknown =>
	[columns, properties].map((names) => names && [...names].sort());

/**
 * Stands for what is watched. Another hash starts the trigger anew. Each part is named here, so that a later
 * version with more fields in a query gives the same hash.
 */
export const getWatchHash = (
	{ event, query, rawFilter }: Omit<TriggerSettings, 'filter'>,
	account: Pick<Account, 'origin' | 'unitId'>,
): string =>
	hash(
		{
			origin: account.origin,
			unitId: query.unitId ?? account.unitId,
			view: query.view,
			event: event.value,
			idColumn: query.idColumn,
			filter: rawFilter,
			columns: event.comparesColumns ? sortColumns(getWatchedSelection(query)) : undefined,
		},
		22,
	);

/** Stands for the delivered columns. Other columns are checked first, and the state stays. */
export const getDeliveryHash = ({ query }: TriggerSettings): string => hash(sortColumns(query), 8);

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
	const filter = readFilter(reader);
	const selectsAll = isEmptyFilter(filter);
	const { filterType, filters, combine, filterExpression } = context.getNode().parameters;
	const isComputed = typeof filterExpression === 'string' && /^=.*\S/s.test(filterExpression);
	// A poll runs unattended: an expression without a result would select all records unnoticed.
	if (selectsAll && readFilterType(reader) === 'expression' && isComputed) throw emptyFilterError();
	// A customer's own view may be a selection by itself.
	if (selectsAll && event.needsFilter && reader.readParameter('view') !== 'custom') {
		throw new InvalidInput(
			`'${event.name}' needs at least one filter`,
			"Add a condition under 'Filters', e.g. that the column status equals APPROVED, or choose another event. A view that is a selection by itself needs none: choose 'Other View' and enter its name, e.g. companies.client.",
		);
	}
	return { event, query, filter, rawFilter: [filterType, filters, combine, filterExpression] };
}

/**
 * Reads what the filter needs to know of the account.
 *
 * @returns the query with the filter as Teamogy takes it
 * @throws as `compileFilter`
 */
export async function readWatchedQuery(
	{ query, filter }: TriggerSettings,
	client: TeamogyClient,
	timeZone: string,
): Promise<WatchedQuery> {
	const columnTypes = new ColumnTypes(client, timeZone);
	return { ...query, filter: (await compileFilter(filter, columnTypes, query)).filter };
}
