-- Written by `npm run queries`, so that a review sees what reaches the database.

-- database.ping
SELECT 1 AS one;
