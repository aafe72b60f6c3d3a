import type { Row } from '../../sandbox/index.mts';
import type { EventName } from './trigger.mts';

export interface Variant {
	parameters: object;
	/** The delivered columns; all of them without a list. */
	columns?: string[];
	/** The columns whose changes count, where they are chosen apart. */
	watchColumns?: string[];
	meets(row: Row): boolean;
}

const won = { column: 'status', value: 'WON' };

/** What the trigger can be set to watch. */
export const variants = (event: EventName): Variant[] => [
	{
		parameters: event === 'entersFilter' ? { filters: { conditions: [won] } } : {},
		meets: (row) => event !== 'entersFilter' || row.status === 'WON',
	},
	{
		parameters: {
			filterType: 'expression',
			filterExpression: "(status='WON' OR name='a')",
			options: { columns: ['name', 'status'] },
		},
		columns: ['id', 'name', 'status'],
		meets: (row) => row.status === 'WON' || row.name === 'a',
	},
	{
		parameters: { filters: { conditions: [won] }, options: { columns: 'status' } },
		columns: ['id', 'status'],
		meets: (row) => row.status === 'WON',
	},
	{
		parameters: {
			filters: { conditions: [won] },
			options: { columns: ['name'], watchColumns: ['status'] },
		},
		columns: ['id', 'name'],
		watchColumns: ['id', 'status'],
		meets: (row) => row.status === 'WON',
	},
	{
		parameters: {
			...(event === 'entersFilter' && { filters: { conditions: [won] } }),
			options: { watchColumns: 'name, status' },
		},
		watchColumns: ['id', 'name', 'status'],
		meets: (row) => event !== 'entersFilter' || row.status === 'WON',
	},
];

/** Events that tell a change by comparing rows. */
export const compares = (event: EventName): boolean =>
	event === 'createdOrUpdated' || event === 'updated';

/** Another key starts the trigger anew. Columns count where they are compared. */
export const watchKey = (
	event: EventName,
	{ parameters, columns, watchColumns = columns }: Variant,
) => JSON.stringify([{ ...parameters, options: undefined }, compares(event) && watchColumns]);
