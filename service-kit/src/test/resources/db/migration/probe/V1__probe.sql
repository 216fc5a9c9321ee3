create table probe (id int primary key, n int not null);
insert into probe values (1, 0), (2, 0);
