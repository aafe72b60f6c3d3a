import type { IPollFunctions } from 'n8n-workflow';

import type { Account } from '../../api/account';
import { columnName } from '../../api/address';
import { EVERY_VIEW } from '../../api/catalog';
import { InvalidInput } from '../../api/errors';
import { EMPTY, filterOfNothing, Given } from '../../given/given';
import { digest } from '../digest';
import type { TriggerEvent } from './event';
import { EVENTS } from './events';
import type { WatchedQuery } from './identify';

/** What the parameters of a polling trigger ask for, read and checked. */
export interface Asked {
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
	{ event, query, filterEntered }: Asked,
	account: Pick<Account, 'origin' | 'unitId'>,
): string =>
	digest(
		{
			origin: account.origin,
			unitId: query.unitId ?? account.unitId,
			view: query.view,
			event: event.value,
			idColumn: query.idColumn,
			filter: filterEntered,
			columns: event.comparesColumns ? columnsOf(query) : undefined,
		},
		22,
	);

/** Stands for what is delivered of each row. */
export const deliveringOf = ({ query }: Asked): string => digest(columnsOf(query), 8);

const eventOf = (value: string): TriggerEvent<unknown> => {
	const event = EVENTS.find((one) => one.value === value);
	if (event) return event;
	throw new InvalidInput(
		`"${value}" is not a valid value for 'Trigger On'`,
		'Choose one from the list.',
	);
};

/** @throws InvalidInput naming the parameter that is not right */
export function asked(context: IPollFunctions): Asked {
	const given = new Given(
		(name, fallback) => context.getNodeParameter(name, fallback as object),
		EVERY_VIEW,
	);
	const event = eventOf(given.text('event'));
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
	if (!query.filter && given.text('filterType') === 'expression' && isComputed)
		throw filterOfNothing();
	// A view of one's own may be a selection by itself.
	if (!query.filter && event.needsFilter && given.text('view') !== 'custom') {
		throw new InvalidInput(
			`'${event.name}' needs at least one filter`,
			"Add a condition under 'Filters', e.g. that the column status equals APPROVED, or choose another event. A view that is a selection by itself needs none: choose 'Other View' and enter its name, e.g. companies.client.",
		);
	}
	return { event, query, filterEntered: [filterType, filters, combine, filterExpression] };
}
