import type { IPollFunctions } from 'n8n-workflow';

import type { Account } from '../../api/transport/account';
import { parseColumnName } from '../../api/views/names';
import { EVERY_VIEW } from '../../api/schema/catalog';
import { InvalidInput } from '../../api/transport/errors';
import { EMPTY, emptyFilterError, ParameterReader } from '../../parameters/reader';
import { hash } from '../hash';
import type { TriggerEvent } from './event';
import { EVENTS } from './events';
import type { WatchedQuery } from './identifiedRow';

/** What the parameters of a polling trigger ask for, read and checked. */
export interface TriggerSettings {
	/** The event, whatever its state is made of. */
	event: TriggerEvent<unknown>;
	query: WatchedQuery;
	/** The filter as it is entered: what `{{ $today }}` gives changes, what is meant by it does not. */
	enteredFilter: unknown[];
}

/** The chosen columns, in whatever order. */
const sortColumns = ({ columns, properties }: WatchedQuery): unknown =>
	[columns, properties].map((names) => names && [...names].sort());

/**
 * Stands for what is watched: another one starts the trigger anew. Each part is named here, so that an
 * upgrade with more in a query does not.
 */
export const watchHash = (
	{ event, query, enteredFilter }: TriggerSettings,
	account: Pick<Account, 'origin' | 'unitId'>,
): string =>
	hash(
		{
			origin: account.origin,
			unitId: query.unitId ?? account.unitId,
			view: query.view,
			event: event.value,
			idColumn: query.idColumn,
			filter: enteredFilter,
			columns: event.comparesColumns ? sortColumns(query) : undefined,
		},
		22,
	);

/** Stands for what is delivered of each row. */
export const deliveryHash = ({ query }: TriggerSettings): string => hash(sortColumns(query), 8);

const findEvent = (value: string): TriggerEvent<unknown> => {
	const event = EVENTS.find((one) => one.value === value);
	if (event) return event;
	throw new InvalidInput(
		`"${value}" is not a valid value for 'Trigger On'`,
		'Choose one from the list.',
	);
};

/** @throws InvalidInput naming the parameter that is not right */
export function readTriggerSettings(context: IPollFunctions): TriggerSettings {
	const given = new ParameterReader(
		(name, fallback) => context.getNodeParameter(name, fallback as object),
		EVERY_VIEW,
	);
	const event = findEvent(given.readText('event'));
	const idColumn = given.readOption('idColumn');
	const query: WatchedQuery = {
		...given.viewQuery,
		filter: given.filter,
		idColumn: EMPTY.includes(idColumn) ? 'id' : parseColumnName(idColumn, 'ID Column'),
		needsNumericIds: event.needsNumericIds,
	};
	const { filterType, filters, combine, filterExpression } = context.getNode().parameters;
	const isComputed = typeof filterExpression === 'string' && /^=.*\S/s.test(filterExpression);
	// Nobody is there to say that an empty text is meant.
	if (!query.filter && given.readText('filterType') === 'expression' && isComputed)
		throw emptyFilterError();
	// A view of one's own may be a selection by itself.
	if (!query.filter && event.needsFilter && given.readText('view') !== 'custom') {
		throw new InvalidInput(
			`'${event.name}' needs at least one filter`,
			"Add a condition under 'Filters', e.g. that the column status equals APPROVED, or choose another event. A view that is a selection by itself needs none: choose 'Other View' and enter its name, e.g. companies.client.",
		);
	}
	return { event, query, enteredFilter: [filterType, filters, combine, filterExpression] };
}
