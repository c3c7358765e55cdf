-- Written by `npm run queries`, so that a review sees what reaches the database.

-- database.durability
SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit;
