import type { Account } from '../../api/transport/client';
import type { ColumnSelection } from '../../api/views/columns';
import { hash } from '../hash';
import type { TriggerSettings } from './settings';
import { getWatchedSelection } from './watchedColumns';

/** Columns and properties in an order that does not depend on the choice. */
const sortSelection = ({ columns, properties }: ColumnSelection): unknown =>
	[columns, properties].map((names) => names && [...names].sort());

/**
 * Stands for what is watched. Another hash starts the trigger anew. Each part is named here, so that a later
 * version with more fields in a query gives the same hash.
 */
export const getWatchHash = (
	{ event, query, rawFilter }: Omit<TriggerSettings, 'enteredFilter'>,
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
			columns: event.comparesColumns ? sortSelection(getWatchedSelection(query)) : undefined,
		},
		22,
	);

/** Stands for the delivered columns. Other columns are checked first, and the state stays. */
export const getDeliveryHash = ({ query }: TriggerSettings): string =>
	hash(sortSelection(query), 8);
