import type { IPollFunctions } from 'n8n-workflow';

import type { Account } from '../api/account';
import { columnName } from '../api/address';
import { EVERY_VIEW } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { EMPTY, filterOfNothing, Given } from '../parameters/given';
import { created } from './created';
import { createdOrUpdated } from './createdOrUpdated';
import { digest } from './digest';
import { entersFilter } from './entersFilter';
import type { TriggerEvent } from './event';
import type { WatchedQuery } from './watched';

const EVENTS = { created, createdOrUpdated, entersFilter };

/** What the parameters of a polling trigger ask for, read and checked. */
export interface Asked {
	name: string;
	/** The event, whatever its state is made of. */
	event: TriggerEvent<unknown>;
	query: WatchedQuery;
	/** The filter as it is entered: what `{{ $today }}` gives changes, what is meant by it does not. */
	filterEntered: unknown[];
}

/** The chosen columns, in whatever order. */
const columnsOf = ({ columns, properties }: WatchedQuery): unknown =>
	[columns, properties].map((names) => names && [...names].sort());

/**
 * Stands for what is watched: another one starts the trigger anew. Each part is named here, so that an
 * upgrade with more in a query does not.
 */
export const watchingOf = (
	{ name, event, query, filterEntered }: Asked,
	account: Pick<Account, 'origin' | 'unitId'>,
): string =>
	digest(
		{
			origin: account.origin,
			unitId: query.unitId ?? account.unitId,
			view: query.view,
			event: name,
			idColumn: query.idColumn,
			filter: filterEntered,
			columns: event.comparesColumns ? columnsOf(query) : undefined,
		},
		22,
	);

/** Stands for what is delivered of each row. */
export const deliveringOf = ({ query }: Asked): string => digest(columnsOf(query), 8);

const eventOf = (name: string): TriggerEvent<unknown> => {
	if (Object.hasOwn(EVENTS, name))
		return EVENTS[name as keyof typeof EVENTS] as TriggerEvent<unknown>;
	throw new InvalidInput(
		`"${name}" is not a valid value for 'Trigger On'`,
		'Choose one from the list.',
	);
};

/** @throws InvalidInput naming the parameter that is not right */
export function asked(context: IPollFunctions): Asked {
	const given = new Given(
		(name, fallback) => context.getNodeParameter(name, fallback as object),
		EVERY_VIEW,
	);
	const name = given.text('event');
	const event = eventOf(name);
	const idColumn = given.option('idColumn');
	const query: WatchedQuery = {
		...given.viewQuery,
		filter: given.filter,
		idColumn: EMPTY.includes(idColumn) ? 'id' : columnName(idColumn, 'ID Column'),
		numbered: event.numbered,
	};
	const { filterType, filters, combine, filterExpression } = context.getNode().parameters;
	const isComputed = typeof filterExpression === 'string' && /^=.*\S/s.test(filterExpression);
	// Nobody is there to say that an empty text is meant.
	if (!query.filter && filterType === 'expression' && isComputed) throw filterOfNothing();
	// A view of one's own may be a selection by itself.
	if (!query.filter && name === 'entersFilter' && given.text('view') !== 'custom') {
		throw new InvalidInput(
			"'Starts Matching Filters' needs at least one filter",
			"Add a condition under 'Filters', e.g. that the column status equals APPROVED, or choose another event. A view that is a selection by itself needs none: choose 'Other View' and enter its name, e.g. companies.client.",
		);
	}
	return { name, event, query, filterEntered: [filterType, filters, combine, filterExpression] };
}
